add_test(NAME e2e.codes.the_page_is_the_table COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/codes.py $<TARGET_FILE:wiregrade>
  ${PROJECT_SOURCE_DIR}/docs/codes.md)
