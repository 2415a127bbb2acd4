package dev.tiphys.kubelet.runtime;

/**
 * How a command ended.
 *
 * @param output standard output and standard error, one after the other, as UTF-8; cut at 10 KiB
 */
public record ExecResult(int exitCode, String output) {}
