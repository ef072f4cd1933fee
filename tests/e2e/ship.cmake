# A target's journal on its way into PostgreSQL; by hand with more: WIREGRADE_SEED, WIREGRADE_TEST_LINES
foreach(case lines solve rights mistakes away lost_answer storm)
  add_test(NAME e2e.ship.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/ship.py $<TARGET_FILE:wiregrade> ${PROJECT_SOURCE_DIR}/challenges
    ${case} $<TARGET_FILE:clockshift>)
  set_tests_properties(e2e.ship.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
set_tests_properties(e2e.ship.away e2e.ship.storm PROPERTIES LABELS slow)
# By HTTP, over either kind of store; seeds and lines as above
foreach(case lines solve token mistakes answers away store_away lost_answer twice tls hogs storm)
  set(ship_web ${CMAKE_CURRENT_LIST_DIR}/ship_web.py $<TARGET_FILE:wiregrade> ${PROJECT_SOURCE_DIR}/challenges ${case} $<TARGET_FILE:clockshift>)
  add_test(NAME e2e.ship.web.${case} COMMAND ${ship_web})
  set_tests_properties(e2e.ship.web.${case} PROPERTIES SKIP_RETURN_CODE 77)
  over_postgres(e2e.ship.web.${case} ${ship_web})
endforeach()
set_tests_properties(e2e.ship.web.away e2e.ship.web.storm e2e.ship.web.away.postgres e2e.ship.web.storm.postgres PROPERTIES LABELS slow)
