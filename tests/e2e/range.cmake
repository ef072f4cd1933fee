# Each case of range.py twice: as root, and as an ordinary user. 77 means that this machine lacks a right or a tool.
set(range_cases
  raw_packet_arrives tcp_both_ways router_decrements_ttl no_router_keeps_ttl spoofed_source_arrives checksum_is_on_the_wire
  only_net_raw little_is_visible root_only_file_is_closed names_do_not_hang nothing_is_writable_but_tmp
  fork_bomb memory_bomb disk_fill double_fork big_file
  nothing_left_after_end nothing_left_after_sigint nothing_left_after_sigterm nothing_left_after_sigkill
  join_the_running_range join_without_range two_ranges_at_once
  exit_status signal_status command_not_found usage show_a_file show_a_folder starts_quickly)
function(range_test case who)
  set(name e2e.range.${case}.${who})
  add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/range.py $<TARGET_FILE:wiregrade> ${who} ${case})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 60)
endfunction()
foreach(case ${range_cases})
  range_test(${case} root)
  range_test(${case} user)
endforeach()
range_test(works_from_a_closed_folder root)
range_test(forbidden_namespaces user)
