/*
 * An HTTP server on port 8080 that answers every request with where it ran and what it was asked:
 *
 *     pod: web-6b7f
 *     node: n1
 *     client: 10.244.0.1:40312
 *     request: GET /path HTTP/1.1
 *     Host: 10.96.3.4
 *
 * One thread, one poll loop, a fixed number of connections with fixed buffers: whatever arrives, it
 * uses no more memory than it started with. It serves as process 1: reaps orphans, ends on SIGTERM.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  PORT = 8080,
  MAX_CONNECTIONS = 256,
  MAX_HEAD = 8192,     /* request line and headers */
  MAX_RESPONSE = 12288, /* the head again, and a little of our own */
  IDLE_SECONDS = 60,
  LINGER_SECONDS = 2
};

enum state { READ_HEAD, SKIP_BODY, WRITE, LINGER };

struct connection {
  int fd;
  enum state state;
  int close_after; /* the response in hand is the last one */
  time_t deadline;
  unsigned long long body_left;
  size_t in_length, out_length, out_sent;
  char peer[INET6_ADDRSTRLEN + 8];
  char in[MAX_HEAD + 1];
  char out[MAX_RESPONSE];
};

static struct connection connections[MAX_CONNECTIONS];
static char host[256];
static const char *node;
static volatile sig_atomic_t ending;

static void on_end(int signal) {
  (void)signal;
  ending = 1;
}

static time_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec;
}

static void drop(struct connection *c) {
  close(c->fd);
  c->fd = -1;
}

/* Puts a whole response into c->out. The body is left out for HEAD, its length is told all the same. */
static void respond(struct connection *c, const char *status, const char *body, size_t length, int head_only) {
  int n = snprintf(c->out, sizeof c->out,
                   "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\n"
                   "Connection: %s\r\n\r\n",
                   status, length, c->close_after ? "close" : "keep-alive");
  c->out_length = (size_t)n;
  c->out_sent = 0;
  if (!head_only) {
    if (length > sizeof c->out - c->out_length) length = sizeof c->out - c->out_length;
    memcpy(c->out + c->out_length, body, length);
    c->out_length += length;
  }
  c->state = WRITE;
}

static void refuse(struct connection *c, const char *status) {
  char body[128];
  int n = snprintf(body, sizeof body, "%s\n", status);
  c->close_after = 1;
  c->body_left = 0;
  c->in_length = 0;
  respond(c, status, body, (size_t)n, 0);
}

/* The length of the request head in c->in with its empty line, or 0 while it is not whole. */
static size_t head_length(const struct connection *c) {
  for (size_t i = 0; i < c->in_length; i++) {
    if (c->in[i] != '\n') continue;
    if (i + 1 < c->in_length && c->in[i + 1] == '\n') return i + 2;
    if (i + 2 < c->in_length && c->in[i + 1] == '\r' && c->in[i + 2] == '\n') return i + 3;
  }
  return 0;
}

/* Splits off the line at *text, without its line end. */
static char *next_line(char **text) {
  char *line = *text, *end = strchr(line, '\n');
  if (end == NULL) return NULL;
  *text = end + 1;
  if (end > line && end[-1] == '\r') end--;
  *end = '\0';
  return line;
}

static int printable(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < 0x20 && *text != '\t') return 0;
  return 1;
}

/* Whether the line reads METHOD TARGET HTTP/1.x; *minor gets the x. */
static int well_formed(const char *line, int *minor) {
  const char *p = line;
  while (*p >= 'A' && *p <= 'Z') p++;
  if (p == line || p - line > 16 || *p++ != ' ') return 0;
  if (*p != '/' && *p != '*' && strncmp(p, "http://", 7) != 0) return 0;
  p = strchr(p, ' ');
  if (p == NULL || strncmp(p, " HTTP/1.", 8) != 0) return 0;
  if ((p[8] != '0' && p[8] != '1') || p[9] != '\0') return 0;
  *minor = p[8] - '0';
  return 1;
}

static void answer(struct connection *c, size_t head) {
  static char body[MAX_RESPONSE - 512];
  char *text = c->in, *line, *request;
  char rest = c->in[head];
  int minor = 1, chunked = 0, expects = 0, head_only;
  unsigned long long length = 0;
  size_t used;

  c->in[head] = '\0';
  if (strlen(c->in) != head) { refuse(c, "400 Bad Request"); return; }
  request = next_line(&text);
  if (!printable(request) || !well_formed(request, &minor)) { refuse(c, "400 Bad Request"); return; }
  head_only = strncmp(request, "HEAD ", 5) == 0;
  c->close_after = minor == 0;
  used = (size_t)snprintf(body, sizeof body, "pod: %s\nnode: %s\nclient: %s\nrequest: %s\n", host, node, c->peer, request);
  while ((line = next_line(&text)) != NULL && *line != '\0') {
    char *value = strchr(line, ':'), *end;
    int n;
    if (value == NULL || value == line || !printable(line)) { refuse(c, "400 Bad Request"); return; }
    value++;
    value += strspn(value, " \t");
    if (strncasecmp(line, "content-length:", 15) == 0) {
      errno = 0;
      length = strtoull(value, &end, 10);
      if (*value < '0' || *value > '9' || *end != '\0' || errno != 0) { refuse(c, "400 Bad Request"); return; }
    } else if (strncasecmp(line, "transfer-encoding:", 18) == 0) {
      chunked = 1;
    } else if (strncasecmp(line, "expect:", 7) == 0) {
      expects = 1;
    } else if (strncasecmp(line, "connection:", 11) == 0) {
      if (strcasestr(value, "close")) c->close_after = 1;
      if (strcasestr(value, "keep-alive") && minor == 0) c->close_after = 0;
    }
    n = snprintf(body + used, sizeof body - used, "%s\n", line);
    if (n > 0 && (size_t)n < sizeof body - used) used += (size_t)n;
  }
  /* Bodies are read and thrown away; one in chunks, or one that waits to be asked for, ends the connection. */
  if (chunked || expects) { c->close_after = 1; length = 0; }
  respond(c, "200 OK", body, used, head_only);

  c->in[head] = rest;
  c->in_length -= head;
  memmove(c->in, c->in + head, c->in_length);
  if (length >= c->in_length) {
    c->body_left = length - c->in_length;
    c->in_length = 0;
  } else {
    c->body_left = 0;
    c->in_length -= (size_t)length;
    memmove(c->in, c->in + length, c->in_length);
  }
}

/* Goes on as far as it can without waiting. */
static void advance(struct connection *c) {
  char waste[4096];
  for (;;) {
    ssize_t n;
    size_t head;
    switch (c->state) {
      case READ_HEAD:
        head = head_length(c);
        if (head > 0) { answer(c, head); break; }
        if (c->in_length == MAX_HEAD) { refuse(c, "431 Request Header Fields Too Large"); break; }
        n = recv(c->fd, c->in + c->in_length, MAX_HEAD - c->in_length, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) { drop(c); return; }
        c->in_length += (size_t)n;
        break;
      case WRITE:
        n = send(c->fd, c->out + c->out_sent, c->out_length - c->out_sent, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n < 0) { drop(c); return; }
        c->out_sent += (size_t)n;
        if (c->out_sent < c->out_length) break;
        if (c->close_after) {
          shutdown(c->fd, SHUT_WR);
          c->state = LINGER;
          c->deadline = now() + LINGER_SECONDS;
        } else {
          c->state = SKIP_BODY;
          c->deadline = now() + IDLE_SECONDS;
        }
        break;
      case SKIP_BODY:
        if (c->body_left == 0) { c->state = READ_HEAD; break; }
        n = recv(c->fd, waste, c->body_left < sizeof waste ? (size_t)c->body_left : sizeof waste, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) { drop(c); return; }
        c->body_left -= (unsigned long long)n;
        c->deadline = now() + IDLE_SECONDS;
        break;
      case LINGER:
        n = recv(c->fd, waste, sizeof waste, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) { drop(c); return; }
        break;
    }
  }
}

static void welcome(int listener) {
  for (;;) {
    struct sockaddr_in6 address;
    socklen_t size = sizeof address;
    char text[INET6_ADDRSTRLEN];
    const char *shown = text;
    struct connection *c = NULL;
    int fd = accept4(listener, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    for (int i = 0; i < MAX_CONNECTIONS && c == NULL; i++)
      if (connections[i].fd < 0) c = &connections[i];
    if (c == NULL) { close(fd); continue; }
    memset(c, 0, sizeof *c);
    c->fd = fd;
    c->state = READ_HEAD;
    c->deadline = now() + IDLE_SECONDS;
    if (address.sin6_family == AF_INET6) {
      inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text);
      if (strncmp(text, "::ffff:", 7) == 0) shown = text + 7;
    } else {
      inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)&address)->sin_addr, text, sizeof text);
    }
    snprintf(c->peer, sizeof c->peer, "%s:%u", shown, ntohs(address.sin6_port));
    advance(c);
  }
}

static int listen_on(int port) {
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)port)};
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  int yes = 1, no = 0;
  int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0) {
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, (struct sockaddr *)&six, sizeof six) == 0 && listen(fd, 128) == 0) return fd;
    close(fd);
  }
  fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&four, sizeof four) == 0 && listen(fd, 128) == 0) return fd;
  close(fd);
  return -1;
}

int main(int count, char **arguments) {
  static struct pollfd polls[MAX_CONNECTIONS + 1];
  struct sigaction end = {.sa_handler = on_end}, ignore = {.sa_handler = SIG_IGN};
  int port = count > 1 ? atoi(arguments[1]) : PORT;
  int listener;

  /* An ignored SIGCHLD makes the kernel reap orphans for us. */
  sigaction(SIGTERM, &end, NULL);
  sigaction(SIGINT, &end, NULL);
  sigaction(SIGPIPE, &ignore, NULL);
  sigaction(SIGCHLD, &ignore, NULL);

  if (getenv("POD_NAME")) snprintf(host, sizeof host, "%s", getenv("POD_NAME"));
  else if (gethostname(host, sizeof host - 1) != 0) strcpy(host, "unknown");
  node = getenv("NODE_NAME") ? getenv("NODE_NAME") : "unknown";

  listener = listen_on(port);
  if (listener < 0) {
    fprintf(stderr, "echo: cannot listen on port %d: %s\n", port, strerror(errno));
    return 1;
  }
  printf("echo: pod=%s node=%s port=%d\n", host, node, port);
  fflush(stdout);
  for (int i = 0; i < MAX_CONNECTIONS; i++) connections[i].fd = -1;

  while (!ending) {
    time_t t = now();
    polls[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (int i = 0; i < MAX_CONNECTIONS; i++) {
      struct connection *c = &connections[i];
      if (c->fd >= 0 && t > c->deadline) drop(c);
      polls[i + 1] = (struct pollfd){.fd = c->fd, .events = c->state == WRITE ? POLLOUT : POLLIN};
    }
    if (poll(polls, MAX_CONNECTIONS + 1, 1000) < 0) continue;
    for (int i = 0; i < MAX_CONNECTIONS; i++)
      if (polls[i + 1].revents && connections[i].fd == polls[i + 1].fd && connections[i].fd >= 0) advance(&connections[i]);
    if (polls[0].revents) welcome(listener);
  }
  return 0;
}
