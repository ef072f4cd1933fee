# Each case of roster.py over the local board; over a real CTFd when its environment names one (relay.cmake).
set(roster_boards users teams)
if(DEFINED ENV{WIREGRADE_CTFD_URL})
  list(APPEND roster_boards real)
endif()
foreach(board ${roster_boards})
  foreach(case import refused sync teams flags held lost_answers other_mode two_classes names passwords rename token init)
    set(name e2e.roster.${case}.${board})
    add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_LIST_DIR}/roster.py $<TARGET_FILE:wiregrade>
      ${PROJECT_SOURCE_DIR}/challenges ${board} ${case})
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  endforeach()
endforeach()
