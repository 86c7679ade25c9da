"""What every rule and every kind of intervention is held to, whether it comes with the package or from outside.

A rule does its steps in small worlds in which everything is at work, as the Python that it is written as; what it then
touches is compared with what it declares. The tests of the package ask the same of its own rules.
"""
