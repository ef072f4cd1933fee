# Each case of faults.py, with seeds that once found something; by hand with others.
foreach(case_seed kind:1 deploy:2)
  string(REPLACE ":" ";" words ${case_seed})
  list(POP_FRONT words case seed)
  add_test(NAME e2e.faults.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/faults.py $<TARGET_FILE:wiregrade> ${case} ${seed})
  set_tests_properties(e2e.faults.${case} PROPERTIES TIMEOUT 200)
endforeach()
set_tests_properties(e2e.faults.deploy PROPERTIES LABELS slow)
