# Each case of relay.py. 77: this machine has no CTFd to try it on (WIREGRADE_CTFD_URL, WIREGRADE_CTFD_TOKEN_FILE).
set(relay_cases
  posts storm retry_after journals unplaced nothing_listens comes_back redirect_is_not_followed no_proxy_for_http token_file
  nobody_and_nothing_there ids_change import_forgets_ids roster_email user_beyond_first_page pages_without_end
  teams mode_differs students_own_solve dynamic_value vanished_while_posting one_relay stop_during_request other_class init_and_keys submit_says
  deploy deploy_interrupted board_deploy
  answer_html answer_login answer_setup answer_401 answer_403 answer_403page answer_import answer_404page answer_429
  answer_500 answer_500page answer_502 answer_broken answer_twice answer_null answer_nothing answer_garbage
  answer_cut answer_slow answer_drip answer_huge answer_endless
  post_html post_null post_401 post_403 post_404 post_400 post_login post_429 post_500 post_502 post_nothing
  post_cut post_broken post_huge post_slow
  after_500 after_nothing after_html after_broken after_cut after_502 after_null after_slow
  board_kill_before_commit board_kill_after_commit board_kill_drop_before board_kill_drop
  kill_none kill_before kill_after kill_drop_before kill_drop_after kill_twice)
if(DEFINED ENV{WIREGRADE_CTFD_URL})
  list(APPEND relay_cases real_ctfd)
endif()
foreach(case ${relay_cases})
  set(name e2e.relay.${case})
  add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_LIST_DIR}/relay.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${case})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
# they wait out a back-off for each step
set_tests_properties(e2e.relay.kill_before e2e.relay.kill_drop_before
  e2e.relay.board_kill_before_commit e2e.relay.board_kill_drop_before PROPERTIES LABELS slow)
