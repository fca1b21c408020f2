package main

import (
	"context"
	"fmt"
	"log"

	core "k8s.io/api/core/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	askedOfAnnotation      = "volume.kubernetes.io/storage-provisioner"
	selectedNodeAnnotation = "volume.kubernetes.io/selected-node"
	madeByAnnotation       = "pv.kubernetes.io/provisioned-by"
)

// reconcileClaim makes the volume of a claim that has none, or grows the volume of a claim that asks for more than it has.
func (p *provisioner) reconcileClaim(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	switch {
	case claim.DeletionTimestamp != nil:
		return nil
	case claim.Spec.VolumeName != "":
		return p.grow(ctx, claim)
	case claim.Annotations[askedOfAnnotation] == provisionerName && claim.Spec.StorageClassName != nil:
		return p.provision(ctx, claim)
	}
	return nil
}

// provision makes the disk, then the PersistentVolume that is bound to the claim from the start. Both may exist already.
func (p *provisioner) provision(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	class, err := p.kube.StorageV1().StorageClasses().Get(ctx, *claim.Spec.StorageClassName, meta.GetOptions{})
	if err != nil {
		return err
	}
	node := claim.Annotations[selectedNodeAnnotation]
	if *class.VolumeBindingMode == storage.VolumeBindingWaitForFirstConsumer && node == "" {
		return nil
	}
	place, err := p.placeOf(ctx, node)
	if err != nil {
		return err
	}
	name := "pvc-" + string(claim.UID)
	requested := claim.Spec.Resources.Requests[core.ResourceStorage]
	size := max(requested.Value(), minimumBytes)
	path, err := p.disks.make(name, size)
	if err != nil {
		p.events.Event(claim, core.EventTypeWarning, "ProvisioningFailed", err.Error())
		return err
	}
	_, err = p.kube.CoreV1().PersistentVolumes().Create(ctx, volumeFor(claim, class, disk{name, path, size, place}), meta.CreateOptions{})
	if err != nil && !errors.IsAlreadyExists(err) {
		return err
	}
	p.events.Eventf(claim, core.EventTypeNormal, "ProvisioningSucceeded", "Successfully provisioned volume %s", name)
	return nil
}

type disk struct {
	name, path string
	size       int64
	place      core.NodeSelectorRequirement
}

// placeOf is where a volume can be used from: the zone of the node that the scheduler chose, or anywhere when it chose none.
func (p *provisioner) placeOf(ctx context.Context, name string) (core.NodeSelectorRequirement, error) {
	if name == "" {
		return core.NodeSelectorRequirement{Key: core.LabelOSStable, Operator: core.NodeSelectorOpExists}, nil
	}
	node, err := p.kube.CoreV1().Nodes().Get(ctx, name, meta.GetOptions{})
	if err != nil {
		return core.NodeSelectorRequirement{}, err
	}
	zone := node.Labels[core.LabelTopologyZone]
	return core.NodeSelectorRequirement{Key: core.LabelTopologyZone, Operator: core.NodeSelectorOpIn, Values: []string{zone}}, nil
}

func volumeFor(claim *core.PersistentVolumeClaim, class *storage.StorageClass, d disk) *core.PersistentVolume {
	affinity := core.NodeSelectorTerm{MatchExpressions: []core.NodeSelectorRequirement{d.place}}
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: d.name, Annotations: map[string]string{madeByAnnotation: provisionerName}},
		Spec: core.PersistentVolumeSpec{
			Capacity:                      core.ResourceList{core.ResourceStorage: *resource.NewQuantity(d.size, resource.BinarySI)},
			AccessModes:                   claim.Spec.AccessModes,
			PersistentVolumeReclaimPolicy: *class.ReclaimPolicy,
			StorageClassName:              class.Name,
			MountOptions:                  class.MountOptions,
			VolumeMode:                    claim.Spec.VolumeMode,
			PersistentVolumeSource:        core.PersistentVolumeSource{Local: &core.LocalVolumeSource{Path: d.path}},
			NodeAffinity:                  &core.VolumeNodeAffinity{Required: &core.NodeSelector{NodeSelectorTerms: []core.NodeSelectorTerm{affinity}}},
			ClaimRef: &core.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
		},
	}
}

// reconcileVolume deletes a volume, data first, once its claim is gone and its reclaim policy says so.
func (p *provisioner) reconcileVolume(ctx context.Context, volume *core.PersistentVolume) error {
	released := volume.Status.Phase == core.VolumeReleased && volume.Spec.PersistentVolumeReclaimPolicy == core.PersistentVolumeReclaimDelete
	if !released || volume.DeletionTimestamp != nil || volume.Annotations[madeByAnnotation] != provisionerName {
		return nil
	}
	if err := p.disks.remove(volume.Name); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	log.Printf("%s: deleted", volume.Name)
	err := p.kube.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, meta.DeleteOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}
