# What befalls the grader for days, in seconds; by hand with more: tests/storm/storm.py --help
add_library(clockshift SHARED ${CMAKE_CURRENT_LIST_DIR}/../support/clockshift.c)
target_link_options(clockshift PRIVATE -fno-sanitize=all)
target_compile_options(clockshift PRIVATE -fno-sanitize=all)
foreach(through outbox serve)
  add_test(NAME e2e.storm.${through} COMMAND ${CMAKE_CURRENT_LIST_DIR}/storm.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges $<TARGET_FILE:clockshift> --solves 120 --through ${through} --kill-within 1)
  set_tests_properties(e2e.storm.${through} PROPERTIES LABELS slow)
endforeach()
