# a class with all that a large one has, in small
add_test(NAME e2e.scale COMMAND ${PROJECT_SOURCE_DIR}/bench/scale --quick --bin $<TARGET_FILE_DIR:wiregrade>)
set_tests_properties(e2e.scale PROPERTIES SKIP_RETURN_CODE 77 LABELS slow)
