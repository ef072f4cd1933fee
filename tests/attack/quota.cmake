# What many sources may fill. By hand for longer: journal_fill.py BIN near_misses_of_one_network 95
foreach(case journal_fill.near_misses_of_one_network journal_fill.one_forgotten_loop
    places.one_handle_from_a_network places.many_handles_from_a_network places.a_refused_flag_is_read_at_the_briefing)
  string(REPLACE "." ";" parts ${case})
  list(GET parts 0 script)
  list(GET parts 1 name)
  add_test(NAME attack.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/${script}.py $<TARGET_FILE_DIR:wiregrade> ${name})
  set_tests_properties(attack.${case} PROPERTIES SKIP_RETURN_CODE 77 LABELS attack)
endforeach()
