# A target on the student's own host: both on one side of a range. 77 means that this machine lacks a right or a tool.
foreach(case
    the_material_earns_its_flags_at_loopback the_courses_scripts_earn_its_flags_at_loopback and_at_the_hosts_own_address what_is_no_attempt_is_not_judged
    a_near_miss_is_called_back a_sockets_segment_is_a_finding_of_its_own another_handle_earns_nothing
    a_foreign_source_is_not_answered the_briefing_knows_whose_host_it_is whoever_sends_is_who_it_is class_is_read_anew a_connected_socket_hears_the_answer bad_input_is_told)
  add_test(NAME e2e.own_host.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/own_host.py
    $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.own_host.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
