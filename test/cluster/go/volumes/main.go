// Command volumes is the cluster's storage: it makes, grows and deletes the volumes of StorageClasses with this provisioner,
// and reports each stage on the claim as the storage drivers of clouds do. Every volume is an XFS file system of the size that
// was asked for, in a sparse file: a full disk is really full, and growing it really helps.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os/signal"
	"syscall"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

const provisionerName = "kubectl-kafka.test/volumes"

const (
	workers  = 3
	resync   = 5 * time.Minute
	minRetry = 200 * time.Millisecond
	maxRetry = 10 * time.Second
)

type provisioner struct {
	kube   kubernetes.Interface
	disks  disks
	events record.EventRecorder
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	directory := flag.String("directory", "", "where the volumes are kept and mounted")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, *kubeconfig, *directory); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, kubeconfig, directory string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&client.EventSinkImpl{Interface: kube.CoreV1().Events("")})
	p := &provisioner{kube, disks{directory}, broadcaster.NewRecorder(scheme.Scheme, core.EventSource{Component: provisionerName})}

	factory := informers.NewSharedInformerFactory(kube, resync)
	claims := watch(ctx, factory.Core().V1().PersistentVolumeClaims().Informer(), p.reconcileClaim)
	volumes := watch(ctx, factory.Core().V1().PersistentVolumes().Informer(), p.reconcileVolume)
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	log.Print("serving ", provisionerName)
	<-ctx.Done()
	return errors.Join(claims(), volumes())
}

// watch calls reconcile for every object of the informer that is new or changed, again and later each time that it fails.
// The function that it returns ends the workers.
func watch[T any](ctx context.Context, informer cache.SharedIndexInformer, reconcile func(context.Context, T) error) func() error {
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[string](minRetry, maxRetry))
	add := func(object any) {
		if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
			queue.Add(key)
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: add, UpdateFunc: func(_, object any) { add(object) }})
	work := func() {
		for {
			key, stopped := queue.Get()
			if stopped {
				return
			}
			if object, exists, _ := informer.GetStore().GetByKey(key); exists {
				if err := reconcile(ctx, object.(T)); err != nil {
					log.Printf("%s: %v", key, err)
					queue.AddRateLimited(key)
				} else {
					queue.Forget(key)
				}
			}
			queue.Done(key)
		}
	}
	for range workers {
		go work()
	}
	return func() error { queue.ShutDown(); return err }
}
