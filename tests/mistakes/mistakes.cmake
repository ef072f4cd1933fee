# What students get wrong, made on the wire by plain scripts. 77: this machine lacks a right or a tool.
foreach(case every_code same_live_and_offline)
  add_test(NAME mistakes.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/mistakes.py
    $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(mistakes.${case} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
endforeach()
