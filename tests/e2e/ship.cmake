# A target's journal on its way into PostgreSQL; by hand with more: WIREGRADE_TEST_SEED, WIREGRADE_TEST_LINES
foreach(case lines solve rights mistakes away lost_answer storm)
  add_test(NAME e2e.ship.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/ship.py $<TARGET_FILE:wiregrade> ${PROJECT_SOURCE_DIR}/challenges
    ${case} $<TARGET_FILE:clockshift>)
  set_tests_properties(e2e.ship.${case} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 200)
endforeach()
set_tests_properties(e2e.ship.away e2e.ship.storm PROPERTIES LABELS slow)
