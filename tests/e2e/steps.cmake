# Each case of steps_student.py in a range of its own.
foreach(case all_in_order_earns_the_flag messages_end_as_their_step_says another_order_and_a_step_left_out_are_told
    the_value_of_another_try_is_told a_wrong_first_message_is_no_later_step a_wrong_answer_is_no_new_name what_comes_late_is_told two_students_behind_one_address_do_not_meet
    ten_thousand_first_steps_and_no_second the_materials_receivers_earn_their_flags receivers_that_fail_are_told
    a_target_that_ends_tells_who_waits packets_in_several_steps handshakes_in_others_names)
  add_test(NAME e2e.steps.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/steps.py
    $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.steps.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
add_test(NAME e2e.steps.verify COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/steps_verify.py $<TARGET_FILE:wiregrade>)
set_tests_properties(e2e.steps.verify PROPERTIES SKIP_RETURN_CODE 77 LABELS slow)
