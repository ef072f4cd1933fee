# `wiregrade demo` as different people start it; one after the other, because each looks for what others left behind.
set(demo_cases as_me stays_until_interrupted second_student whoever_is_meant the_target_ends the_daemon_ends no_course port_in_use scoreboard_is_not_there usage killed full_disk)
if(range_uid EQUAL 0)
  list(APPEND demo_cases as_user from_a_closed_folder)
endif()
foreach(case ${demo_cases})
  add_test(NAME e2e.demo.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/demo.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.demo.${case} PROPERTIES SKIP_RETURN_CODE 77 RESOURCE_LOCK demo)
endforeach()
