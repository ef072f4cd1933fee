# Each case of check.py
foreach(case a_large_course_costs_no_more right_packets_pass each_mistake_is_named without_a_key_values_are_not_judged the_best_packet_is_told noise_is_told
        a_named_challenge_is_told_its_wrong_port the_other_ip_version_is_told what_misses_every_challenge_is_explained addresses_are_judged_against_the_class a_student_can_be_named a_key_makes_the_values
        a_broken_file_is_judged_as_far_as_it_goes a_pipe_is_told_as_it_comes memory_does_not_grow
        the_public_course_gives_nothing_away other_links_are_read several_interfaces_are_read links_that_are_not_read_are_told
        packed_captures_are_read what_is_no_capture_is_named
        the_dump_gives_the_frame_back)
  add_test(NAME e2e.check.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/check.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${case})
endforeach()
add_test(NAME e2e.check.steps COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/check_steps.py $<TARGET_FILE:wiregrade>
  ${CMAKE_CURRENT_LIST_DIR}/data/conversations)
add_test(NAME e2e.check.knock COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/check_knock.py $<TARGET_FILE:wiregrade>
  ${PROJECT_SOURCE_DIR}/challenges)
