# Each case of told.py in a range of its own.
foreach(case a_right_try_has_nothing_wrong whose_asking_connection_is_gone_is_told an_answer_where_he_asked_is_told a_connection_that_ends_with_a_reset_is_told
    a_receiver_that_leaves_bytes_unread_is_told
    a_try_that_three_wrong_ones_ended_is_told what_the_kernel_drops_is_told a_datagram_that_is_cut_is_told a_call_to_another_source_is_told_as_that a_handshake_by_hand_is_told what_is_typed_at_the_briefing_is_understood a_handle_at_a_port_of_nobody_is_no_practice
    what_is_no_packet_of_ip_is_told a_knock_that_is_none_is_called_back
    a_packet_with_another_source_is_answered_at_home a_conversation_that_waits_for_him_is_told where_an_answer_goes_is_told)
  add_test(NAME e2e.told.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/told.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.told.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
