# What students may try against the machine they are run on. In small with every other test; ci/attack runs all, with
# what takes longer or wants the machine for itself (label attack_full).
set(attack_hoards
  memfd sysv_shm sysv_messages mqueue keyring userns_tmpfs userns_clone shared_anonymous shared_dev_zero spliced_pages
  huge_tlb packet_rings posix_shm deleted_tmp pipes many_processes huge_pages dead_leader page_tables
  unix_stream unix_passed unix_datagrams tcp_loopback udp_loopback small_packet_rings)
set(attack_tools
  nmap_syn nmap_connect nmap_udp hping3 ncat ncat_listen socat nc ping tcpdump bash python_pool scapy c_threads zeros)
function(attack_test name label)
  foreach(who ${range_users})
    add_test(NAME attack.${name}.${who}
      COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/attack.py $<TARGET_FILE:wiregrade> ${who} ${ARGN})
    # one after the other: together they would take what each may, and time what the others do
    set_tests_properties(attack.${name}.${who} PROPERTIES SKIP_RETURN_CODE 77 LABELS ${label}
      RESOURCE_LOCK attack_memory)
    if(label STREQUAL attack_full)
      set_tests_properties(attack.${name}.${who} PROPERTIES RUN_SERIAL TRUE)
    endif()
  endforeach()
endfunction()
foreach(case calls ${attack_hoards} ${attack_tools})
  attack_test(sandbox.${case} attack ${case})
endforeach()
foreach(case ${attack_hoards} empty_files)
  attack_test(sandbox.full.${case} attack_full --outside ${case})
endforeach()
