# One host with 64 addresses takes all places of the targets and of the grader.
foreach(case briefing roster streams intake metrics)
  add_test(NAME attack.rooms.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/rooms.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${case})
  set_tests_properties(attack.rooms.${case} PROPERTIES SKIP_RETURN_CODE 77 LABELS attack)
endforeach()
