# What tshark says of the golden captures, and what is left of their packets when they are cut. 77: no tshark.
add_executable(print_fields ${CMAKE_CURRENT_LIST_DIR}/print_fields.c)
target_link_libraries(print_fields PRIVATE wg_pkt)
foreach(case fields cuts)
  add_test(NAME conformance.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/fields.py $<TARGET_FILE:print_fields>
    ${PROJECT_SOURCE_DIR}/lib/pkt/fields.def ${CMAKE_CURRENT_LIST_DIR}/../golden/make.py ${case})
  set_tests_properties(conformance.${case} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
endforeach()
