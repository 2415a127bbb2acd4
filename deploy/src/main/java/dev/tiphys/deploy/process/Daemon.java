package dev.tiphys.deploy.process;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program of the cluster that is kept running.
 *
 * @param name its name, also of its log and pid files
 * @param command the program and its arguments
 * @param health where it says whether it is well; null when it cannot be asked
 * @param java whether it is one of the six daemons
 */
public record Daemon(String name, List<String> command, @Nullable URI health, boolean java) {}
