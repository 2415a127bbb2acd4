package dev.tiphys.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logback, set up in code because reading its XML costs a tenth of a second at each start. One line
 * an event to standard error, in UTC. Found by Logback as a service.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %logger{0} %msg%n%ex";
  private static final int DEBUG_VERBOSITY = 4;
  private static final int TRACE_VERBOSITY = 8;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(console);
    // gRPC sets a TCP option on every socket, and Netty warns of it on each unix socket.
    context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
    context.getLogger("dev.tiphys").setLevel(Level.INFO);
    context.getLogger("tiphys").setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * Logs what is of a level or above it, and nothing below; instead of what {@code -v} says. For
   * daemons whose original has a flag for it.
   */
  public static void setLevel(org.slf4j.event.Level level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      if (level == org.slf4j.event.Level.DEBUG) {
        setVerbosity(DEBUG_VERBOSITY);
        return;
      }
      for (String name : new String[] {Logger.ROOT_LOGGER_NAME, "dev.tiphys", "tiphys"}) {
        context.getLogger(name).setLevel(Level.toLevel(level.toString()));
      }
    }
  }

  /**
   * Applies {@code -v}: up to 3 information, from 4 debugging, from 8 tracing, libraries included.
   */
  static void setVerbosity(int verbosity) {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext context)) {
      return;
    }
    // Daemons log their own life under their name (tiphys-store), their classes under dev.tiphys.
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
    for (String library : new String[] {"io", "org", "com", "ch", "reactor", "tools"}) {
      context.getLogger(library).setLevel(verbosity >= TRACE_VERBOSITY ? Level.DEBUG : Level.WARN);
    }
    context
        .getLogger("dev.tiphys")
        .setLevel(
            verbosity >= TRACE_VERBOSITY
                ? Level.TRACE
                : verbosity >= DEBUG_VERBOSITY ? Level.DEBUG : Level.INFO);
  }
}
