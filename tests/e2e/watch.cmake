# Each case of watch.py over the local board; over a real CTFd when its environment names one (relay.cmake).
set(watch_boards users teams)
if(DEFINED ENV{WIREGRADE_CTFD_URL})
  list(APPEND watch_boards real)
endif()
foreach(board ${watch_boards})
  set(older_cases)
  if(board STREQUAL real)
    set(older_cases no_promotion) # of a CTFd before 3.6.0
  endif()
  foreach(case ${older_cases} own off borrowed borrowed_twice forged typo attempt interrupted older by_hand roster many reconcile_nothing reconcile_missing reconcile_stray
      reconcile_entries reconcile_team)
    set(name e2e.watch.${case}.${board})
    add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_LIST_DIR}/watch.py $<TARGET_FILE:wiregrade>
      ${PROJECT_SOURCE_DIR}/challenges ${board} ${case})
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  endforeach()
endforeach()
