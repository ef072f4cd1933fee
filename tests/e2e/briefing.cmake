# What a student asks at the briefing. 77 means that a tool or a right is missing here.
foreach(case
  nc_openbsd nc_openbsd_q nc_openbsd_without_an_end nc_traditional nc_traditional_typed ncat ncat_crlf socat dev_tcp
  who_names_nobody_is_called_by_his_address who_proved_his_handle_is_called_without_it what_came_with_wrong_addresses_is_seen whose_handle_stands_in_it_somewhere_is_called one_diagnosis_is_told_everywhere different_reasons_stay_apart the_words_tell_what_they_should a_wrong_packet_is_seen a_flag_waits_and_is_called_again a_listener_is_tried
  flags_are_handed_in guesses_are_counted_and_lock_nobody_out a_right_pin_is_late_at_worst connections_and_bytes_are_limited
  a_claim_shows_no_flag_of_another_address flags_that_are_lost_at_the_end_are_counted)
  add_test(NAME e2e.briefing.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/briefing.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.briefing.${case} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
endforeach()
