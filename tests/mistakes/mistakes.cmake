# What students get wrong, made on the wire by plain scripts. 77: this machine lacks a right or a tool.
foreach(case every_code same_live_and_offline)
  add_test(NAME mistakes.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/mistakes.py
    $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(mistakes.${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()

# The generator makes wrong packets and messages by the hundred; what a stream's or datagram's target says of them is
# asked of the same code without a wire.
add_executable(judge_messages ${CMAKE_CURRENT_LIST_DIR}/generator/messages.c)
target_link_libraries(judge_messages PRIVATE wg_explain wg_judge)
add_test(NAME mistakes.generator COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/generator/generate.py $<TARGET_FILE:wiregrade>
  $<TARGET_FILE:judge_messages> --floor)
