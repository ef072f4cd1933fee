# Each case of report.py
foreach(row points:users hints:users differs:users safe:users grades:users one:users points:teams differs:teams
    borrowed:users borrowed:teams deleted:users deleted:teams why:users why:teams)
  string(REPLACE ":" ";" pair ${row})
  list(GET pair 0 case)
  list(GET pair 1 mode)
  add_test(NAME e2e.report.${case}.${mode} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/report.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${mode} ${case})
endforeach()
