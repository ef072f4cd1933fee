# Students' own tools against the course's targets. 77 means that a tool or a right is missing here.
set(clients_cases
  course_stream_sender course_datagram_sender course_datagram_receiver course_stream_receiver
  course_stream_receiver_is_called course_datagram_receiver_is_called course_ipraw course_tcpraw
  nc_traditional_stream nc_openbsd_stream nc_openbsd_stream_open ncat_stream nc_interactive dev_tcp 
  socat_stream nc_traditional_datagram nc_openbsd_datagram ncat_datagram dev_udp socat_datagram 
  nc_traditional_listener nc_openbsd_listener nc_openbsd_listener_with_input ncat_listener 
  socat_listener scapy hping3 nmap)
foreach(case ${clients_cases})
  add_test(NAME e2e.clients.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/clients.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.clients.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
