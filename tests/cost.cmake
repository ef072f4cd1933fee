# The long ones begin first, so that none is left over when all others have ended: ctest knows no test's length on a
# machine that has not run it. Seconds, roughly, on a busy machine; only their order counts.
set(costs
  400 e2e.verify.spec_mutation
  135 e2e.verify.twenty_class_words
  70 e2e.verify.course_is_green.user
  60 e2e.briefing.a_right_pin_is_late_at_worst
  60 e2e.relay.board_kill_before_commit
  54 e2e.steps.verify
  36 e2e.board.process
  35 e2e.board.markdown
  33 e2e.board.student
  28 e2e.ship.away
  28 e2e.briefing.flags_are_handed_in
  27 e2e.verify.course_is_green.root
  26 e2e.relay.board_kill_drop_before
  24 e2e.briefing.a_receiver_that_cannot_be_heard_is_told
  24 e2e.relay.kill_drop_before
  22 e2e.verify.one_router_hop.user
  21 e2e.briefing.one_diagnosis_is_told_everywhere
  21 e2e.deploy.killed
  20 e2e.own_host.the_courses_scripts_earn_its_flags_at_loopback
  20 e2e.ship.storm
  20 e2e.relay.deploy_interrupted
  16 mistakes.every_code
  16 e2e.targets.a_listener_that_starts_ten_seconds_late
  15 e2e.faults.serve.1
  15 e2e.postgres.several)
list(LENGTH costs n)
math(EXPR last "${n} - 1")
foreach(i RANGE 0 ${last} 2)
  math(EXPR k "${i} + 1")
  list(GET costs ${i} seconds)
  list(GET costs ${k} name)
  if(TEST ${name})
    set_tests_properties(${name} PROPERTIES COST ${seconds})
  elseif(NOT name MATCHES "\\.(root|user)$")
    message(FATAL_ERROR "tests/cost.cmake: there is no test ${name}")
  endif()
endforeach()
