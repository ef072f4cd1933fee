# What grows with a class and what does not. A sanitizer takes memory of its own.
if(NOT CMAKE_C_FLAGS MATCHES "-fsanitize")
  foreach(case report asked import taken roster)
    add_test(NAME e2e.large.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/large.py ${what} ${case})
  endforeach()
  over_postgres(e2e.large.report ${CMAKE_CURRENT_LIST_DIR}/large.py ${what} report)
endif()
