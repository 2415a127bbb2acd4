/**
 * Where things lie and what was asked for: the data directory, the settings, address ranges.
 *
 * <p>Values only; everybody in this module may use them. Only {@link
 * dev.tiphys.deploy.layout.SettingsFile} touches the disk.
 */
@NullMarked
package dev.tiphys.deploy.layout;

import org.jspecify.annotations.NullMarked;
