package main

import (
	"github.com/coredns/coredns/coremain"

	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

// serveNames runs CoreDNS with only the plugins that the cluster's Corefile names.
func serveNames() { coremain.Run() }
