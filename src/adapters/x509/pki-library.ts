import { BitString, Integer, OctetString, Sequence, Set as SetOf, Utf8String } from "asn1js";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
} from "pkijs";

/** The parts of the two libraries that are used, together: the bundle keeps them in a file of their own, loaded when a certificate is made. */
export const pki = {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  BitString,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  Integer,
  OctetString,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Sequence,
  SetOf,
  Time,
  Utf8String,
};
