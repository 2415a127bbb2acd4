/**
 * What others decide over HTTPS: how versions of custom resources are converted ({@link
 * dev.tiphys.apiserver.webhook.WebhookConverter}), and what may be stored ({@link
 * dev.tiphys.apiserver.webhook.WebhookAdmission}).
 */
@NullMarked
package dev.tiphys.apiserver.webhook;

import org.jspecify.annotations.NullMarked;
