"""A SAM template as CloudFormation, with the SAM templates that it nests, by their paths; as JSON on standard output; offline.

usage: expand.py TEMPLATE [PARAMETER=VALUE ...]

Programs and nested templates get the addresses that `sam deploy` would give them, in a bucket that does not exist.
"""

import json
import logging
import sys
from pathlib import PurePosixPath
from posixpath import normpath

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

REGION = "eu-central-1"
PROGRAMS = "s3://programs/"
TEMPLATES = "https://programs.s3.amazonaws.com/"


def read(path):
    with open(path, encoding="utf-8") as file:
        return yaml_parse(file.read())


def expand(path, given):
    template = read(path)
    parameters = {name: one.get("Default", "") for name, one in template["Parameters"].items()}
    parameters |= {"AWS::Region": REGION, "Architecture": "x86_64"} | given
    expanded = {}
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        beside = lambda other: normpath(PurePosixPath(path).parent / other)
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = PROGRAMS + beside(properties["CodeUri"])
        if resource["Type"] == "AWS::CloudFormation::Stack":
            nested = beside(properties["TemplateURL"])
            properties["TemplateURL"] = TEMPLATES + nested
            if "Transform" in read(nested):
                passed = {name: parameters.get(one["Ref"], "") for name, one in properties["Parameters"].items() if "Ref" in one}
                expanded |= expand(nested, passed)
    session = boto3.session.Session(region_name=REGION)
    return expanded | {path: Translator({}, Parser(), None, session).translate(template, parameters)}


logging.disable(logging.CRITICAL)
given = dict(argument.split("=", 1) for argument in sys.argv[2:])
json.dump(expand(sys.argv[1], given), sys.stdout, indent=1, default=str)
