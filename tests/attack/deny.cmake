# One host against the others' flags: every case in a range of its own. They are timed, so one after the other.
foreach(case near_misses_from_unused_addresses flags_for_unused_addresses copies_of_a_right_datagram
    copies_in_the_neighbours_names dear_payloads no_way_back)
  add_test(NAME attack.deny.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/deny.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(attack.deny.${case} PROPERTIES SKIP_RETURN_CODE 77 LABELS attack RESOURCE_LOCK attack_deny)
endforeach()
