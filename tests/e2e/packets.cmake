# Each case of packets.py in a range of its own.
foreach(case a_later_step_without_the_first_is_told a_later_step_that_is_late_is_told
    what_follows_a_wrong_one_is_not_told what_follows_none_is_told one_wrong_packet_is_told_by_what_was_done rounds_take_each_word_once
    what_never_came_is_told arp_is_told_whatever_is_wrong_in_it
    both_addresses_of_a_host_are_its_own)
  add_test(NAME e2e.packets.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/packets.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.packets.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
