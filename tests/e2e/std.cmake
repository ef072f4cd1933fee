# Each case of std.py, over the three programs
foreach(case output_that_cannot_be_written input_is_closed messages_have_no_reader all_three_are_closed servers
    a_program_in_a_range version)
  add_test(NAME e2e.std.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/std.py $<TARGET_FILE_DIR:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${PROJECT_VERSION} ${case})
  set_tests_properties(e2e.std.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
