# What tshark says of the golden captures, and what is left of their packets when they are cut. 77: no tshark.
add_executable(print_fields ${CMAKE_CURRENT_LIST_DIR}/print_fields.c)
target_link_libraries(print_fields PRIVATE wg_pkt)
foreach(case fields cuts)
  add_test(NAME conformance.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/fields.py $<TARGET_FILE:print_fields>
    ${PROJECT_SOURCE_DIR}/lib/pkt/fields.def ${CMAKE_CURRENT_LIST_DIR}/../golden/make.py ${case})
  set_tests_properties(conformance.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()

# rank is a second judge, for speed: it and the first find the same number of clauses wrong.
add_executable(rank ${CMAKE_CURRENT_LIST_DIR}/rank.c)
target_link_libraries(rank PRIVATE wg_fuzz wg_judge)
add_test(NAME conformance.rank COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/rank.py $<TARGET_FILE:rank>
  ${CMAKE_CURRENT_LIST_DIR}/../golden/make.py ${CMAKE_CURRENT_LIST_DIR}/../fuzz/seeds/decode
  ${CMAKE_CURRENT_LIST_DIR}/../fuzz/seeds/judge ${CMAKE_CURRENT_LIST_DIR}/../fuzz/regressions/judge)
