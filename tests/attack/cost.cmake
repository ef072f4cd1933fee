# What a packet costs before any limit, counted by callgrind (package valgrind).
find_path(WIREGRADE_CALLGRIND valgrind/callgrind.h)
# what clang 14 writes of its DWARF 5 no valgrind of its time reads
if(WIREGRADE_CALLGRIND AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
  add_executable(attack_cost ${CMAKE_CURRENT_LIST_DIR}/cost.c)
  target_link_libraries(attack_cost PRIVATE wg_fuzz wg_targets)
  set_target_properties(attack_cost PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  add_test(NAME attack.cost COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/cost.py $<TARGET_FILE:attack_cost>)
  set_tests_properties(attack.cost PROPERTIES SKIP_RETURN_CODE 77 LABELS attack)
endif()
