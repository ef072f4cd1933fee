# Each case of captures.py
foreach(case a_platforms_folder staff_decide accept_at_once what_speaks_against_it bad_input of_2_gib)
  add_test(NAME e2e.captures.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/captures.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${case})
endforeach()
