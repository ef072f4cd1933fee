# A class with addresses of both versions, in a range.
foreach(case streams_and_datagrams_are_answered packets_are_called_back extension_headers_and_fragments
    the_briefing_and_dials one_64_is_one_source_unless_the_roster_says ipv4_goes_on)
  add_test(NAME e2e.ipv6.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/ipv6.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.ipv6.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
