# Each case of usage.py
foreach(case what_is_not_there_is_told_with_its_mend demo_explains_itself_unbuilt demo_in_a_clone_of_another every_command_explains_itself wrong_lines_are_refused right_lines_are_taken)
  add_test(NAME e2e.usage.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/usage.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${case})
endforeach()
