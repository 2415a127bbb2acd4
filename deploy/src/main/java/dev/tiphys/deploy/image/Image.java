package dev.tiphys.deploy.image;

import java.util.List;

/**
 * A container image of one layer.
 *
 * @param name its full reference, such as {@code tiphys.local/echo:1}
 * @param files what is in it
 * @param entrypoint the program that it starts
 * @param environment {@code NAME=value} pairs that its containers start with
 * @param ports TCP ports that it says it serves
 */
record Image(
    String name,
    List<TarEntry> files,
    List<String> entrypoint,
    List<String> environment,
    List<Integer> ports) {}
