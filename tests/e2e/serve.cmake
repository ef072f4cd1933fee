# Each case of serve.py, over the local board.
foreach(case words limit bulk borrowed audit outage newer token token_gone reset question beside signals watchdog full_disk locked journals starts_wrong readonly no_room moved kill)
  set(name e2e.serve.${case})
  add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_LIST_DIR}/serve.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${case})
endforeach()
