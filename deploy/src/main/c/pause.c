/*
 * The process that holds a pod's namespaces open. It waits, reaps what is left to it when it is
 * process 1, and goes at the first SIGTERM or SIGINT.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  sigset_t signals;
  int number;

  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGCHLD);
  /* Blocked and waited for: process 1 gets no signal that it has not asked for. */
  if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return 1;
  for (;;) {
    if (sigwait(&signals, &number) != 0) return 1;
    if (number != SIGCHLD) return 0;
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
  }
}
