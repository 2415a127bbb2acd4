/**
 * What every namespace gets: the ServiceAccount {@code default} ({@link
 * dev.tiphys.controllermanager.serviceaccount.DefaultAccountReconciler}) and the ConfigMap with the
 * cluster's certificate authority ({@link
 * dev.tiphys.controllermanager.serviceaccount.RootCaReconciler}).
 */
@NullMarked
package dev.tiphys.controllermanager.serviceaccount;

import org.jspecify.annotations.NullMarked;
