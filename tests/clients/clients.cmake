# What others wrote for CTFd, against our board; ci/clients installs it and runs these. 77: not installed.
foreach(case ctfcli_first_keys ctfcli_first_ours deploy_first_keys deploy_first_ours sdk)
  add_test(NAME clients.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/clients.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/build/clients ${case})
  set_tests_properties(clients.${case} PROPERTIES SKIP_RETURN_CODE 77 LABELS clients)
endforeach()
# The manifests of packaging/, against schemas and kustomize from PyPI and against the built programs.
foreach(case schema_host_network schema_multus schema_compose files names selectors commands probes class rights)
  add_test(NAME clients.manifests_${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/manifests.py $<TARGET_FILE_DIR:wiregrade>
    ${PROJECT_SOURCE_DIR}/build/clients ${case})
  set_tests_properties(clients.manifests_${case} PROPERTIES SKIP_RETURN_CODE 77 LABELS clients)
endforeach()
