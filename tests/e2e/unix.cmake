# Socket files: in a range, and on a machine that students and targets share. As another user of it only root can come.
set(unix_cases why_no_answer_came_is_told a_reason_is_told_to_whoever_sent_it streams_and_datagrams_are_answered only_a_name_of_ones_own_is_answered nobody_takes_a_targets_socket
  what_a_path_cannot_be_is_told a_class_without_a_folder_serves_the_rest)
if(root IN_LIST range_users)
  list(APPEND unix_cases another_user_of_the_machine_is_answered)
endif()
foreach(case ${unix_cases})
  add_test(NAME e2e.unix.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/unix.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.unix.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
