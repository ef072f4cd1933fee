# What others wrote for CTFd, against our board; ci/clients installs it and runs these. 77: not installed.
foreach(case ctfcli_first_keys ctfcli_first_ours deploy_first_keys deploy_first_ours sdk)
  add_test(NAME clients.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/clients.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/build/clients ${case})
  set_tests_properties(clients.${case} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 200 LABELS clients)
endforeach()
