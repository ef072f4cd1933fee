# Each case of targets.py in a range of its own. 77 means that this machine lacks a right or a tool.
foreach(case
    privileges_are_gone sigterm_ends_within_a_second a_port_in_use_is_named no_right_to_capture_is_told
    bound_flags_stay_at_home what_is_wrong_is_for_the_own_host a_moved_journal_is_written_to_until_sighup class_and_roster_are_read_anew what_waits_outlives_a_restart own_calls_are_never_judged targets_are_up_quickly
    messages_end_where_they_should half_a_handle_earns_nothing a_near_miss_is_told_in_the_stream
    a_megabyte_is_cut_and_answered slow_silent_and_vanished_peers_delay_nobody
    too_many_connections_are_turned_away_and_places_come_back
    each_datagram_is_answered_once datagrams_of_many_handles_stay_under_the_sources_bucket
    flag_is_called_back a_near_miss_is_called_back what_waits_goes_into_one_call
    a_listener_that_starts_ten_seconds_late a_listener_that_is_started_and_told_again
    a_listener_that_has_input_waiting a_plain_listener_can_be_started_again_at_once netcats_show_the_flag_with_input_waiting a_listener_that_reads_once
    with_an_open_listener with_a_closed_listener with_a_filtered_listener
    sources_outside_are_never_answered scans_make_no_call
    spoofed_near_misses_cost_a_neighbour_one_listener broken_packets_harm_nobody)
  add_test(NAME e2e.targets.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/targets.py
    $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.targets.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
# What waits for the targets' own seconds; once is enough.
foreach(case with_an_open_listener with_a_closed_listener with_a_filtered_listener
    a_listener_that_starts_ten_seconds_late a_listener_that_is_started_and_told_again
    spoofed_near_misses_cost_a_neighbour_one_listener own_calls_are_never_judged)
  set_tests_properties(e2e.targets.${case} PROPERTIES LABELS slow)
endforeach()
