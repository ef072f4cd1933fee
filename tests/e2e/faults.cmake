# Each case of faults.py, with seeds that once found something; by hand with others.
foreach(case_seed kind:1 value:1 deploy:2 flags:1 watch:2 watch:4 serve:1 reconcile:1)
  string(REPLACE ":" ";" words ${case_seed})
  list(POP_FRONT words case seed)
  set(name e2e.faults.${case}.${seed})
  add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_LIST_DIR}/faults.py $<TARGET_FILE:wiregrade> ${case} ${seed})
endforeach()
set_tests_properties(e2e.faults.deploy.2 e2e.faults.serve.1 PROPERTIES LABELS slow)
