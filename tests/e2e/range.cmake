# Each case of range.py twice: as root, and as an ordinary user. 77 means that this machine lacks a right or a tool.
set(range_cases
  raw_packet_arrives tcp_both_ways router_decrements_ttl no_router_keeps_ttl spoofed_source_arrives checksum_is_on_the_wire
  only_net_raw little_is_visible names_do_not_hang nothing_is_writable_but_tmp
  fork_bomb memory_bomb disk_fill double_fork big_file
  nothing_left_after_end nothing_left_after_sigint nothing_left_after_sigterm nothing_left_after_sigkill
  join_the_running_range join_without_range two_ranges_at_once
  exit_status signal_status command_not_found usage show_a_file show_a_folder)
# What only root can try has no row where root is not: that is no skip.
execute_process(COMMAND id -u OUTPUT_VARIABLE range_uid OUTPUT_STRIP_TRAILING_WHITESPACE)
set(range_users user)
if(range_uid EQUAL 0)
  list(PREPEND range_users root)
endif()
function(range_test case who)
  if(NOT who IN_LIST range_users)
    return()
  endif()
  set(name e2e.range.${case}.${who})
  add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/range.py $<TARGET_FILE:wiregrade> ${who} ${case})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  if(case MATCHES "^nothing_left_")
    # it knows namespaces by their numbers, and the kernel gives a freed number to the next one at once
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
endfunction()
foreach(case ${range_cases})
  foreach(who ${range_users})
    range_test(${case} ${who})
  endforeach()
endforeach()
range_test(works_from_a_closed_folder root)
range_test(root_only_file_is_closed root)
if(range_uid EQUAL 0)
  range_test(root_only_file_is_closed user)
endif()
range_test(forbidden_namespaces user)

# The calls that other commands make, in C.
add_executable(range_api ${CMAKE_CURRENT_LIST_DIR}/range_api.c)
target_link_libraries(range_api PRIVATE wg_range wg_unit)
set(range_api_cases
  many_solvers_meet_one_target files_and_bytes_are_shown
  a_closed_executable_runs_by_descriptor waiting_and_signals a_side_is_killed_alone
  limits_tell_how_they_ended_it programs_get_their_descriptors_alone the_reporter_cannot_be_reached
  eight_ranges_at_once bad_specs_are_refused)
foreach(case ${range_api_cases})
  foreach(who ${range_users})
    set(name e2e.range.api.${case}.${who})
    add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_LIST_DIR}/range.py $<TARGET_FILE:range_api> ${who} api ${case})
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  endforeach()
endforeach()
